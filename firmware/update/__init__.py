"""How a board changes itself: slots, trial boots, rollback. Loaded only while it does."""
