#!/bin/ksh
rmdev -dl en2
