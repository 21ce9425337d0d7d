#!/usr/bin/ksh
chdev -l $NIC -a state=detach
