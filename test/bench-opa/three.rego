# The same three rules as three.rsct.hcl. What is unknown in the facts is null here,
# and a rule that needs it has no answer: Rego leaves it undefined.
package rsct

required := {"bos.rte.SRC", "devices.chrp.base.ServiceRM", "rsct.core.hostrm", "rsct.core.rmc", "rsct.core.sec", "rsct.core.sr", "rsct.core.utils"}

installed := {f.name | some f in input.filesets}

# Levels compare as lists of numbers.
level(text) := [to_number(part) | some part in split(text, ".")]

findings contains {"rule": "rsct-minimum-level", "subject": f.name, "status": status, "found": f.level} if {
	some f in input.filesets
	f.name == "rsct.core.rmc"
	status := verdict(level(f.level) >= [3, 2, 1, 0])
}

findings contains {"rule": "rsct-required-filesets", "subject": name, "status": status, "found": name} if {
	some name in required
	status := verdict(name in installed)
}

findings contains {"rule": "rmc-active", "subject": "", "status": status, "found": "ctrmc"} if {
	count(input.subsystems) >= 0
	active := {s.name | some s in input.subsystems; s.active}
	status := verdict("ctrmc" in active)
}

verdict(true) := "pass"

verdict(false) := "fail"
