package netlab

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// inside is set for the program that Enter has started.
const inside = "SANGDAM_NETLAB_INSIDE"

// Enter makes sure that the program runs in namespaces of its own, as root over
// them: outside it becomes `unshare` of itself and returns only errors; inside it
// prepares what programs look at and returns nil.
func Enter() error {
	if os.Getenv(inside) == "" {
		if err := needs(); err != nil {
			return err
		}
		unshare, err := exec.LookPath("unshare")
		if err != nil {
			return err
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		argv := []string{unshare, "--net", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc"}
		if os.Getuid() != 0 {
			argv = append(argv, "--user", "--map-root-user")
		}
		argv = append(append(argv, self), os.Args[1:]...)
		env := append(os.Environ(), inside+"=1", "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
		return fmt.Errorf("unshare: %w", syscall.Exec(unshare, argv, env))
	}
	// Chromium looks its network cards up in /sys, and ip its namespaces in /run:
	// neither may be the machine's.
	if err := syscall.Mount("sysfs", "/sys", "sysfs", 0, ""); err != nil {
		return fmt.Errorf("mount /sys: %w", err)
	}
	if err := syscall.Mount("tmpfs", "/run", "tmpfs", 0, "mode=755"); err != nil {
		return fmt.Errorf("mount /run: %w", err)
	}
	return nil
}

// needs says what the machine lacks.
func needs() error {
	var missing []error
	for _, tool := range []struct{ command, pack string }{
		{"ip", "iproute2"},
		{"ss", "iproute2"},
		{"nft", "nftables"},
		{"redis-server", "redis-server"},
		{"node", "nodejs"},
		{"chromium", "chromium"},
		{"firefox-esr", "firefox-esr"},
	} {
		if _, err := find(tool.command); err != nil {
			missing = append(missing, fmt.Errorf("%s is not there: install the package %s", tool.command, tool.pack))
		}
	}
	tun, err := os.OpenFile("/dev/net/tun", os.O_RDWR, 0)
	if err != nil {
		missing = append(missing, fmt.Errorf("the emulated lines are TUN devices: %w", err))
	} else {
		_ = tun.Close()
	}
	return errors.Join(missing...)
}

// find is LookPath that knows where Debian keeps what root uses.
func find(command string) (string, error) {
	path, err := exec.LookPath(command)
	for _, folder := range []string{"/usr/sbin/", "/sbin/"} {
		if err == nil {
			break
		}
		path, err = exec.LookPath(folder + command)
	}
	return path, err
}
