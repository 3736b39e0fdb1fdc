package draw_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/go-fxservices/services/observers/timeline"
	"github.com/go-fxservices/services/observers/timeline/draw"
	"github.com/go-fxservices/services/runner"
)

// twoServices is a database that took 30 ms to start, and a server after it.
func twoServices() timeline.Snapshot {
	began := time.Date(2026, time.January, 2, 15, 4, 5, 0, time.UTC)
	after := func(ms int) time.Time { return began.Add(time.Duration(ms) * time.Millisecond) }
	return timeline.Snapshot{
		Taken: after(50), Began: began, Constructed: after(5), Started: after(42), Ready: after(42),
		Services: []timeline.Service{
			{Name: "db", Kind: runner.KindResource, Queued: after(5), StartBegan: after(5), Started: after(35), Ready: after(35)},
			{Name: "api", Kind: runner.KindServer, Queued: after(5), StartBegan: after(35), Started: after(36), Ready: after(42), After: []int{0}},
		},
	}
}

func ExampleSVG() {
	snapshot := twoServices() // of a Timeline

	var picture bytes.Buffer // a file, or the response to a request
	if err := draw.SVG(&picture, snapshot); err != nil {
		fmt.Println(err)
	}
	fmt.Println(bytes.HasPrefix(picture.Bytes(), []byte("<svg ")))
	// Output: true
}

func ExampleWriteFile() {
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)

	snapshot := twoServices() // of a Timeline
	fmt.Println(draw.WriteFile(filepath.Join(folder, "start.svg"), snapshot))
	fmt.Println(draw.WriteFile("start.png", snapshot))
	// Output:
	// <nil>
	// write timeline "start.png": the name must end with one of .svg, .txt, .trace.json, .json, .graph.mmd, .mmd, .dot
}

func ExampleTrace() {
	snapshot := twoServices()
	snapshot.Services = nil
	_ = draw.Trace(os.Stdout, snapshot)
	// Output:
	// {"displayTimeUnit":"ms","traceEvents":[
	// {"name":"process_name","ph":"M","ts":0,"pid":1,"tid":1,"args":{"name":"services"}},
	// {"name":"thread_name","ph":"M","ts":0,"pid":1,"tid":1,"args":{"name":"application"}},
	// {"name":"constructing","ph":"X","ts":0,"dur":5000,"pid":1,"tid":1},
	// {"name":"starting","ph":"X","ts":5000,"dur":37000,"pid":1,"tid":1},
	// {"name":"serving","ph":"X","ts":42000,"dur":8000,"pid":1,"tid":1,"args":{"unfinished":true}},
	// {"name":"ready","ph":"i","ts":42000,"pid":1,"tid":1,"s":"g"}
	// ]}
}

func ExampleMermaidGantt() {
	_ = draw.MermaidGantt(os.Stdout, twoServices())
	// Output:
	// gantt
	//     title Start of 2 services
	//     dateFormat x
	//     axisFormat %L ms
	//     todayMarker off
	//     section application
	//     constructing 5 ms :done, constructing, 0, 5
	//     starting 37 ms :done, starting, 5, 42
	//     ready :milestone, ready, 42, 42
	//     section resources
	//     db 30 ms :crit, done, s0, 5, 35
	//     section servers
	//     api 7 ms :crit, done, s1, 35, 42
}

func ExampleMermaidGraph() {
	_ = draw.MermaidGraph(os.Stdout, twoServices())
	// Output:
	// flowchart RL
	//     s0["db<br/>resource · 30 ms"]
	//     s1["api<br/>server · 7 ms"]
	//     s1 ==> s0
	//     classDef critical stroke-width:4px
	//     class s0,s1 critical
}

func ExampleDOT() {
	_ = draw.DOT(os.Stdout, twoServices())
	// Output:
	// digraph services {
	// 	rankdir=RL
	// 	node [shape=box, fontname="sans-serif", style=filled, fillcolor=white]
	// 	edge [color="#6e7781"]
	// 	s0 [label="db\nresource · 30 ms", penwidth=2.5, style="filled,bold"]
	// 	s1 [label="api\nserver · 7 ms", penwidth=2.5, style="filled,bold"]
	// 	s1 -> s0 [color=black, penwidth=2.5]
	// }
}
