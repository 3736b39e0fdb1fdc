package runner

// State is the state of a Runner. It follows from the services that are up, starting and closing at the moment:
//
//	 Idle ──first Run──▶ Starting ──all up──▶ Ready ──end, with a drain delay──▶ Draining
//	                      ▲    │               ▲  │                                 │
//	                      │    │ failed        │  │ end                             │ delay is over
//	                      │    ▼               │  ▼                                 ▼
//	                      └── Stopping ◀───────┴─ Stopping ◀──────────────────── Stopping
//	                             │                                 (ready again if others are up)
//	                             ▼
//	Stopped ◀──end of Finish─────┘     A Run after that begins again with Starting.
//
// A Runner is Starting while any Run starts its services, and Ready while the services that it was asked for are up. It is
// Draining while servers go on for the drain delay though the end has come. It is Stopping while services close or a start is
// rolled back, and from the end of a Run that served until Finish, unless something else serves.
type State int32

// The states of a Runner.
const (
	StateIdle State = iota
	StateStarting
	StateReady
	StateDraining
	StateStopping
	StateStopped
)

var stateNames = [...]string{"idle", "starting", "ready", "draining", "stopping", "stopped"}

func (s State) String() string {
	if s < 0 || int(s) >= len(stateNames) {
		return "unknown"
	}
	return stateNames[s]
}

// ServiceState is the state of one service:
//
//	New ──▶ Loading ──▶ Starting ──▶ Ready ──▶ Stopping ──▶ Stopped
//	            │           │          │           │
//	            └───────────┴──────────┴───────────┴──▶ Failed, or Abandoned where a call did not return
//
// A Resource that failed to stop is Failed or Abandoned, and can be stopped again. A Server whose Listen failed is Failed
// until the Runner has closed it.
type ServiceState int32

// The states of a service.
const (
	ServiceNew       ServiceState = iota // its Run has not got to it
	ServiceLoading                       // Load runs
	ServiceStarting                      // Start runs, or it is not ready yet
	ServiceReady                         // it has started, and is ready if it can tell
	ServiceStopping                      // Close or Stop runs
	ServiceStopped                       // it has stopped; for a Job: it is done
	ServiceFailed                        // a call returned an error
	ServiceAbandoned                     // a call did not return
)

var serviceStateNames = [...]string{
	"new", "loading", "starting", "ready", "stopping", "stopped", "failed", "abandoned",
}

func (s ServiceState) String() string {
	if s < 0 || int(s) >= len(serviceStateNames) {
		return "unknown"
	}
	return serviceStateNames[s]
}
