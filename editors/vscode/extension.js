// Starts the language server `tmtail lsp` and connects the editor with it.
"use strict";

const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

async function start() {
  const [command, ...args] = vscode.workspace.getConfiguration("tmtail").get("command");
  client = new LanguageClient(
    "tmtail",
    "tmtail",
    { command, args },
    { documentSelector: [{ language: "tmtail" }] },
  );
  try {
    await client.start();
  } catch {
    client = undefined; // it has shown the reason
    vscode.window.showErrorMessage(
      `tmtail: cannot start \`${[command, ...args].join(" ")}\`; run ` +
        '`pip install "tmtail[editor]"`, or set `tmtail.command` to the path of the command',
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("tmtail.restart", restart),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("tmtail.command")) {
        void restart();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
