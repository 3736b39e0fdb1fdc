module github.com/go-fxservices/services/internal/bench

go 1.26.0

require github.com/go-fxservices/services v0.1.0

require golang.org/x/sync v0.24.0

replace github.com/go-fxservices/services => ../../
