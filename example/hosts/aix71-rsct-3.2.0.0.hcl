# SPDX-License-Identifier: MPL-2.0
#
# AIX 7.1 TL3 with RSCT 3.2.0.0: above the 3.1 that IBM's page once asked for, and
# below 3.2.1, the first level with RMC over IPv6. RMC never connects on Power VS.

hostname = "aix71"
level    = "7100-03-09-1717"

fileset "rsct.core.auditrm" {
  level = "3.2.0.0"
}

fileset "rsct.core.errm" {
  level = "3.2.0.0"
}

fileset "rsct.core.fsrm" {
  level = "3.2.0.0"
}

fileset "rsct.core.gui" {
  level = "3.2.0.0"
}

fileset "rsct.core.hostrm" {
  level = "3.2.0.0"
}

fileset "rsct.core.lprm" {
  level = "3.2.0.0"
}

fileset "rsct.core.microsensor" {
  level = "3.2.0.0"
}

fileset "rsct.core.rmc" {
  level = "3.2.0.0"
}

fileset "rsct.core.sec" {
  level = "3.2.0.0"
}

fileset "rsct.core.sensorrm" {
  level = "3.2.0.0"
}

fileset "rsct.core.sr" {
  level = "3.2.0.0"
}

fileset "rsct.core.utils" {
  level = "3.2.0.0"
}

technology = {
  "7.1.0.0_AIX_ML" = true
  "7100-01_AIX_ML" = true
  "7100-02_AIX_ML" = true
  "7100-03_AIX_ML" = true
}

fileset "bos.rte" {
  level = "7.1.3.49"
}

fileset "bos.mp64" {
  level = "7.1.3.49"
}

fileset "devices.chrp.base.ServiceRM" {
  level = "2.5.0.0"
}
