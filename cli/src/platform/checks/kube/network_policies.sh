# Redis' own client asks; Redis' image has it. Any answer means that the connection was let in, also one that asks for a
# password. A network needs a moment before it knows a new pod, so only the expected outcome is the last word before the
# time is over. GNU's timeout ends with 124, BusyBox' with 143.
end=$(($(date +%s) + PATIENCE))
while :; do
	said=$(timeout 3 redis-cli -h "$REDIS" -p 6379 ping 2>&1)
	case "$? $said" in
	"0 "*) outcome=42 ;;
	"124 "* | "143 "* | *"Could not connect"*) outcome=43 ;;
	*)
		echo "$said"
		exit 44
		;;
	esac
	if [ "$outcome" = "$EXPECTED" ] || [ "$(date +%s)" -ge "$end" ]; then break; fi
	sleep 1
done
echo "${said:-no answer within 3 s}"
exit "$outcome"
