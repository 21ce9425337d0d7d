#!/bin/ksh
rmdev -dl en1
