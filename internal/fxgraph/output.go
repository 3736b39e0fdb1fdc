package fxgraph

import (
	"strconv"
	"strings"
)

// keyOf returns the key in the graph of an output of a decorator, which events write differently:
//
//	*app.DB                           *app.DB
//	*app.DB[name = "replica"]         *app.DB[name=replica]
//	[]*app.DB[group = "pool"]         [type=*app.DB group=pool]
func keyOf(output string) string {
	if t, name, ok := tagged(output, `[name = "`); ok {
		return t + "[name=" + name + "]"
	}
	if t, group, ok := tagged(output, `[group = "`); ok {
		return "[type=" + strings.TrimPrefix(t, "[]") + " group=" + group + "]"
	}
	return output
}

func tagged(output, tag string) (t, value string, ok bool) {
	at := strings.LastIndex(output, tag)
	if at < 0 || !strings.HasSuffix(output, "]") {
		return "", "", false
	}
	value, err := strconv.Unquote(output[at+len(tag)-1 : len(output)-1])
	return output[:at], value, err == nil
}
