# Redis' own client asks; Redis' image has it. Any answer means that the connection was let in, also one that asks for a
# password. A network may need a moment before it knows a new pod, so the first outcome is not the last word.
for _ in 1 2 3 4 5; do
	said=$(timeout 3 redis-cli -h "$REDIS" -p 6379 ping 2>&1)
	case "$? $said" in
	"0 "*) outcome=42 ;;
	"124 "* | *"Could not connect"*) outcome=43 ;;
	*)
		echo "$said"
		exit 44
		;;
	esac
	if [ "$outcome" = "$EXPECTED" ]; then break; fi
	sleep 1
done
echo "${said:-no answer within 3 s}"
exit "$outcome"
