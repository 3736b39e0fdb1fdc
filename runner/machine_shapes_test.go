package runner_test

import (
	"context"
	"reflect"
	"sync"

	"github.com/go-fxservices/services/runner"
)

// shape is the kind of Go value that a service is.
type shape int

const (
	aPointer shape = iota
	aValue
	uncomparable // a value that cannot be compared
	sizeless     // a pointer to a value without a size, which may be equal to another one
)

// These are services whose instances cannot be told apart.
type (
	resourceValue struct{ runner.Resource }
	serverValue   struct{ runner.Server }
	jobValue      struct{ runner.Job }

	uncomparableResource struct {
		runner.Resource
		_ []int
	}
	uncomparableServer struct {
		runner.Server
		_ []int
	}
	uncomparableJob struct {
		runner.Job
		_ []int
	}
)

// shaped gives service i a shape.
func shaped(s runner.Service, i int, of shape) runner.Service {
	switch s := s.(type) {
	case runner.Resource:
		return [...]runner.Service{s, resourceValue{s}, uncomparableResource{Resource: s}, inhabit(i, s).resource}[of]
	case runner.Server:
		return [...]runner.Service{s, serverValue{s}, uncomparableServer{Server: s}, inhabit(i, s).server}[of]
	default:
		j := s.(runner.Job)
		return [...]runner.Service{s, jobValue{j}, uncomparableJob{Job: j}, inhabit(i, s).job}[of]
	}
}

// sizelessTypes are services of types without a size: each type stands for one service of the case.
type sizelessTypes struct{ resource, server, job runner.Service }

// inhabit lets the ith type of each kind stand for s.
func inhabit(i int, s runner.Service) sizelessTypes {
	ways := []func(runner.Service) sizelessTypes{inhabitAs[[0]int], inhabitAs[[1]int], inhabitAs[[2]int], inhabitAs[[3]int], inhabitAs[[4]int]}
	return ways[i](s)
}

func inhabitAs[I any](s runner.Service) sizelessTypes {
	inhabitants.Store(reflect.TypeFor[I](), s)
	return sizelessTypes{&sizelessResource[I]{}, &sizelessServer[I]{}, &sizelessJob[I]{}}
}

// inhabitants has a service for each type. Cases are played one after the other.
var inhabitants sync.Map

func inhabitant[I any]() runner.Service {
	s, _ := inhabitants.Load(reflect.TypeFor[I]())
	return s.(runner.Service)
}

type (
	sizelessName[I any]     struct{}
	sizelessResource[I any] struct{ sizelessName[I] }
	sizelessServer[I any]   struct{ sizelessName[I] }
	sizelessJob[I any]      struct{ sizelessName[I] }
)

func (sizelessName[I]) Name() string { return inhabitant[I]().Name() }

func (*sizelessResource[I]) Start(ctx context.Context) error {
	return inhabitant[I]().(runner.Resource).Start(ctx)
}

func (*sizelessResource[I]) Stop(ctx context.Context) error {
	return inhabitant[I]().(runner.Resource).Stop(ctx)
}

func (*sizelessServer[I]) Listen(ctx context.Context) error {
	return inhabitant[I]().(runner.Server).Listen(ctx)
}

func (*sizelessServer[I]) Close(ctx context.Context) error {
	return inhabitant[I]().(runner.Server).Close(ctx)
}

func (*sizelessJob[I]) Run(ctx context.Context) error { return inhabitant[I]().(runner.Job).Run(ctx) }
