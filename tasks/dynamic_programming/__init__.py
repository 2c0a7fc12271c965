"""Tables of smaller answers, from which the greater ones are made."""
