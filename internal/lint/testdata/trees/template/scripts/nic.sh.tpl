echo ${nic}
chdev -l ${nic} -a state=down
