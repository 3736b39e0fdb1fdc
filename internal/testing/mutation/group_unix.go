//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the process of cmd the first of a group: what it starts belongs to
// it too, and what the terminal sends to ours does not reach it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills what is left of the group of cmd, which was started.
func killGroup(cmd *exec.Cmd) error {
	if cmd.Process == nil {
		return nil
	}
	return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
}
