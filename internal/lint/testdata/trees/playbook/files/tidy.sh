#!/bin/ksh
rmtcpip
