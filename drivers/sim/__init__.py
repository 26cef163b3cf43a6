"""The same wires, faked: chips that answer transfers, and a simulated body behind them."""
