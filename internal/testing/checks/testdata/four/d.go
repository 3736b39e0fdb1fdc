package four

var d = first
