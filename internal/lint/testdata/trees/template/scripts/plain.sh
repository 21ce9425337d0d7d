echo plain
rmitab ctrmc
