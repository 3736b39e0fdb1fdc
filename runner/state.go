package runner

// State is where a Runner is in its life.
type State int32

// The states of a Runner. It is idle until its first Run, starting while
// services start, ready once they are started, draining while it serves on though
// it has been asked to end, stopping from when services close and stop, and stopped
// after Finish. A Run after that begins again with starting. When a start was
// rolled back, or one of several Runs has ended, it is ready again if others go on.
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
