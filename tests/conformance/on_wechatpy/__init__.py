"""wechatpy against the mock platform: one file for each family of calls."""
