"""Pictures of machines and runs: graphs of states and steps, space-time pictures."""
