"""What people and units' systems do with plans and the directory: each opens no transaction but acts within one."""
