package main

import "syscall"

// dieWithPlugin has the kernel kill the command when this plugin dies without having ended it.
func dieWithPlugin(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGKILL }
