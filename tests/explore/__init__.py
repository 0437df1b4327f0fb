"""Every state that a small hall can get into, visited one by one. See docs/proof.md."""
