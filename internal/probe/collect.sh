# Collects what packer-plugin-rsct judges an AIX guest by. Reads only; writes no file.
#   by hand, as root:  ssh aix ksh < collect.sh > host.evidence
# Written for ksh88, ksh93, mksh, dash and bash alike. What each probe is for, and
# where its output format is documented, stands beside its parser in internal/aix.

LC_ALL=C LANG=C
PATH=${RSCT_PATH:-/usr/bin:/etc:/usr/sbin:/usr/ucb:/sbin:/opt/rsct/bin:/usr/sbin/rsct/bin:/opt/rsct/install/bin}
export LC_ALL LANG PATH
unset ENV CDPATH
IFS=' 	
'

# Frames carry a nonce, so that nothing a guest prints can open or close one. The
# host sends it; a run by hand makes its own.
nonce=${RSCT_NONCE:-$(od -An -N16 -tx1 /dev/urandom 2>/dev/null | tr -d ' \n')}
[ -n "$nonce" ] || nonce=$$$(date +%H%M%S)
stdout_limit=${RSCT_STDOUT_LIMIT:-2097152}
stderr_limit=65536
patience=${RSCT_PATIENCE:-1}
count=0

# killtree PID: the process and all its descendants, since a child that keeps our
# pipe open would keep us waiting.
killtree() {
	for victim in $(ps -e -o ppid= -o pid= 2>/dev/null | awk -v root="$1" '
		{ children[$1] = children[$1] " " $2 }
		END {
			queue = root
			while (queue != "") {
				n = split(queue, parents, " ")
				queue = ""
				for (i = 1; i <= n; i++)
					if (parents[i] in children) {
						print children[parents[i]]
						queue = queue children[parents[i]]
					}
			}
		}'); do
		kill -9 "$victim" 2>/dev/null
	done
	kill -9 "$1" 2>/dev/null
}

# bounded SECONDS COMMAND...: AIX has no timeout command. The watchdog says "t" on
# descriptor 4 before it kills, so that a timeout is told from any other end. Its
# sleep holds no descriptor of ours, which would keep the reader of the exit code
# waiting; for the same reason it is ended with -9, since mksh puts TERM off until
# the sleep is over. Only the command itself writes to descriptor 5: what a shell
# says of jobs that were killed is not the command's.
bounded() {
	seconds=$(($1 * patience))
	shift
	"$@" </dev/null 2>&5 3>&- 4>&- 5>&- &
	probe_pid=$!
	(
		elapsed=0
		while [ "$elapsed" -lt "$seconds" ]; do
			sleep 1 4>&-
			kill -0 "$probe_pid" || exit 0
			elapsed=$((elapsed + 1))
		done
		echo t >&4
		killtree "$probe_pid" 4>&-
	) </dev/null >/dev/null 3>&- 5>&- &
	watchdog_pid=$!
	wait "$probe_pid"
	probe_status=$?
	kill -9 "$watchdog_pid"
	return "$probe_status"
}

# probe NAME SECONDS COMMAND...: one frame. Every line of stdout gets a "|" in
# front and every line of stderr a "!", so that no output can look like a frame.
# The extra newline keeps the last line whole and tells "ends in a newline" apart.
# A command that prints more than its limit loses its reader, and ends by that.
# Descriptors: 3 the stream of frames, 4 the exit code (with "t" for a timeout, "f"
# where an output could not be put into its frame), 5 the command's stderr.
probe() {
	count=$((count + 1))
	name=$1
	seconds=$2
	shift 2
	printf 'collecting %s: %s\n' "$name" "$*" >&2
	{
		printf '#%s begin %s %s %s\n' "$nonce" "$count" "$name" "$*"
		status=$(
			{
				errors=$(
					{
						{
							bounded "$seconds" "$@" 2>/dev/null
							echo "$?" >&4
						} | {
							head -c "$stdout_limit" || echo f >&4
							echo
						} | {
							sed 's/^/|/' >&3 || echo f >&4
						}
					} 5>&1 | head -c "$stderr_limit" || echo f >&4
				)
				if [ -n "$errors" ]; then
					printf '%s\n' "$errors" | sed 's/^/!/' >&3 || echo f >&4
				fi
			} 4>&1
		)
		set -- $status
		printf '#%s end %s %s %s\n' "$nonce" "$count" "$name" "$*"
	} 2>/dev/null
}

# file PATH: whether it is there, its mode and owner, and its content.
file() {
	if [ ! -e "$1" ] && [ ! -h "$1" ]; then
		echo absent
		return 0
	fi
	listing=$(ls -lnd "$1") || return
	printf 'present %s\n' "$listing"
	cat "$1"
}

# each_interface and each_adapter: one section a device, "@@ NAME", its output, "@@ = EXITCODE".
section() {
	printf '@@ %s\n' "$1"
	shift
	"$@"
	printf '@@ = %s\n' "$?"
}
each_interface() {
	interfaces=$(lsdev -Cc if -F name) || return
	for interface in $interfaces; do
		case $interface in
		en[0-9]*) section "$interface" lsattr -El "$interface" -F attribute:value ;;
		esac
	done
}
each_adapter() {
	adapters=$(lsdev -Cc adapter -F name) || return
	for adapter in $adapters; do
		case $adapter in
		ent[0-9]*) section "$adapter" entstat -d "$adapter" ;;
		esac
	done
}
listeners() {
	netstat -an | sed -n -e '/^Proto/p' -e '/^tcp.*LISTEN/p'
}
technology_levels() {
	instfix -i | grep ML
}

{
	printf '#%s collector 1 stdout_limit=%s stderr_limit=%s\n' "$nonce" "$stdout_limit" "$stderr_limit"

	probe uname 10 uname -a
	probe uid 10 id -u
	probe date 10 date -u +%Y-%m-%dT%H:%M:%SZ
	probe oslevel 60 oslevel -s

	probe filesets 120 lslpp -Lqc
	probe fileset-parts 60 lslpp -qlc 'rsct.*' devices.chrp.base.ServiceRM bos.rte.SRC

	probe subsystems 20 lssrc -a
	probe rmc-object 20 odmget -q subsysname=ctrmc SRCsubsys
	probe listeners 20 listeners
	probe domain-status 30 rmcdomainstatus -s ctrmc
	probe in-band 20 lssrc -ls mcproxy

	probe node-id 20 lsnodeid
	probe node-id-etc 10 file /etc/ct_node_id
	probe node-id-var 10 file /var/ct/cfg/ct_node_id

	probe ifconfig 20 ifconfig -a
	probe netstat 20 netstat -in
	probe routes6 20 netstat -rn -f inet6
	probe interfaces 20 lsdev -Cc if -F name:status:description
	probe adapters 20 lsdev -Cc adapter -F name:status:description
	probe attributes 60 each_interface
	probe entstat 60 each_adapter

	probe rc-tcpip 10 file /etc/rc.tcpip
	probe inittab 20 lsitab -a
	probe cloud-config 10 file /opt/freeware/etc/cloud/cloud.cfg
	probe rc2-links 10 ls -l /etc/rc.d/rc2.d

	probe sys0 20 lsattr -El sys0 -F attribute:value
	probe boot-list 20 bootlist -m normal -o
	probe boot-device 20 bootinfo -b
	probe disks 60 lspv

	probe peer-domain 30 lsrpdomain
	probe cluster0 20 odmget -q name=cluster0 CuAt
	probe mcp 30 lsrsrc IBM.MCP

	probe ipsec 20 lsdev -Cc ipsec -F name:status:description
	probe filter4 20 lsfilt -v 4 -O
	probe filter6 20 lsfilt -v 6 -O

	probe interim-fixes 60 emgr -l
	probe technology-level 120 technology_levels
	probe consistency 300 lppchk -v

	printf '#%s done %s\n' "$nonce" "$count"
} 3>&1
exit 0
