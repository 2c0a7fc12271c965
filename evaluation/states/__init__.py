"""Accuracy of every atomic state under the right prefix, from one pass over each reference."""
