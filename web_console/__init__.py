"""The pages of a hall: what people look at. A client of the bus like any board."""
