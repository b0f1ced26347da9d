"""From a query and its parameters to what is sent."""
