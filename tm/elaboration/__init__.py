"""From syntax to an explicit table: resolve, lower, elaborate."""
