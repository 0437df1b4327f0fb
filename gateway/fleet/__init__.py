"""The boards: their secrets and the broker's rules, who lives, who is late, what each must know."""
