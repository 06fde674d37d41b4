"""The command `understudy mcp`: sandboxes for an agent, over the Model Context Protocol."""
