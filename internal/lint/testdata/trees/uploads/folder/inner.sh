rmtcpip
