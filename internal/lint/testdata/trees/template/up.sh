#!/bin/ksh
# rsct-ignore: nothing -- x
stopsrc -s ctrmc
