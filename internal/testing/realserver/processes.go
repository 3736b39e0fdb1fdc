//go:build unix

package realserver

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// descendants returns a process and all that it has started, however they are grouped.
func descendants(root int) []int {
	parents := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var pid int
		_, _ = fmt.Sscanf(string(text), "%d", &pid)
		_, parent := parseStat(text)
		parents[parent] = append(parents[parent], pid)
	}
	all := []int{root}
	for i := 0; i < len(all); i++ {
		all = append(all, parents[all[i]]...)
	}
	return all
}

// parseStat returns the state of a process or a thread, and its parent, from its stat file.
func parseStat(text []byte) (state string, parent int) {
	end := bytes.LastIndexByte(text, ')') // a name may have any character
	_, _ = fmt.Sscanf(string(text[end+1:]), "%s %d", &state, &parent)
	return state, parent
}
