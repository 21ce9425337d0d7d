# SPDX-License-Identifier: MPL-2.0
# What Packer's integration site shows; the keys are described at
# https://github.com/hashicorp/integration-template#metadata-configuration
integration {
  name        = "RSCT for AIX on Power VS"
  description = "Makes sure that an AIX golden image works in IBM Power Virtual Server: checks RSCT and RMC, preserves the IPv6 management interface, and signs a report."
  identifier  = "packer/powervs-aix/rsct"
  flags       = ["hcp-ready"]
  docs {
    process_docs    = true
    readme_location = "./.web-docs/README.md"
    external_url    = "https://github.com/powervs-aix/packer-plugin-rsct"
  }
  license {
    type = "MPL-2.0"
    url  = "https://github.com/powervs-aix/packer-plugin-rsct/blob/main/LICENSE"
  }
  component {
    type = "provisioner"
    name = "RSCT"
    slug = "rsct"
  }
  component {
    type = "post-processor"
    name = "RSCT Attest"
    slug = "attest"
  }
}
