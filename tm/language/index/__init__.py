"""What each name of a source refers to, for editors."""
