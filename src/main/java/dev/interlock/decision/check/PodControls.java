package dev.interlock.decision.check;

import dev.interlock.decision.Violation;
import dev.interlock.decision.check.PodSecurity.Level;
import dev.interlock.workload.Workload;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/// The controls of the Pod Security Standards, and from which minor version to which each is in force. What is
/// forbidden, and since when, is that of
/// [pod-security-admission v0.36.3](https://github.com/kubernetes/pod-security-admission/tree/v0.36.3/policy);
/// [KEP-2579](https://github.com/kubernetes/enhancements/tree/master/keps/sig-auth/2579-psp-replacement) says why.
///
/// Absent and empty mean what they mean to the API server: an empty `seccompProfile` names no allowed profile, an
/// empty `seLinuxOptions` nothing that is forbidden.
final class PodControls {
    private static final int END = Integer.MAX_VALUE;

    private static final Set<String> SYSCTLS = Set.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_unprivileged_port_start");
    private static final Set<String> SYSCTLS_27 = and(SYSCTLS, "net.ipv4.ip_local_reserved_ports");
    private static final Set<String> SYSCTLS_29 = and(
            SYSCTLS_27,
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes");
    private static final Set<String> SYSCTLS_32 = and(SYSCTLS_29, "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");

    private static final Set<String> SELINUX_TYPES = Set.of("", "container_t", "container_init_t", "container_kvm_t");
    private static final Set<String> SELINUX_TYPES_31 = and(SELINUX_TYPES, "container_engine_t");

    /// At which levels a control is asked. Where a level has a stricter one of the same, only that is.
    private enum Scope {
        BOTH,
        BASELINE,
        RESTRICTED;

        boolean covers(Level level) {
            return switch (this) {
                case BOTH -> true;
                case BASELINE -> level == Level.BASELINE;
                case RESTRICTED -> level == Level.RESTRICTED;
            };
        }
    }

    /// What is forbidden, in one part of the standards.
    interface Control {
        void look(PodView pod, Consumer<Violation> found);
    }

    /// @param since the first minor version that has it
    /// @param until the first that has it no more
    private record Versioned(Scope scope, int since, int until, Control control) {
        boolean inForce(Level level, int minor) {
            return scope.covers(level) && since <= minor && minor < until;
        }
    }

    private static final List<Versioned> CONTROLS = List.of(
            always(Scope.BOTH, HostControls::hostNamespaces),
            always(Scope.BOTH, HostControls::hostProcess),
            always(Scope.BOTH, PrivilegeControls::privileged),
            new Versioned(Scope.BOTH, 0, 22, PrivilegeControls::capabilities),
            new Versioned(Scope.BASELINE, 22, END, PrivilegeControls::capabilities),
            new Versioned(Scope.RESTRICTED, 22, 25, PrivilegeControls::capabilitiesDropped),
            new Versioned(Scope.RESTRICTED, 25, END, exceptWindows(PrivilegeControls::capabilitiesDropped)),
            always(Scope.BASELINE, HostControls::hostPaths),
            always(Scope.RESTRICTED, HostControls::volumes),
            always(Scope.BOTH, HostControls::hostPorts),
            new Versioned(Scope.BOTH, 34, END, HostControls::hostsOfProbes),
            always(Scope.BOTH, ProfileControls::appArmor),
            new Versioned(Scope.BOTH, 0, 31, ProfileControls.seLinux(SELINUX_TYPES)),
            new Versioned(Scope.BOTH, 31, END, ProfileControls.seLinux(SELINUX_TYPES_31)),
            new Versioned(Scope.BOTH, 0, 35, ProfileControls::procMount),
            new Versioned(Scope.BASELINE, 35, END, exceptOwnUsers(ProfileControls::procMount)),
            new Versioned(Scope.RESTRICTED, 35, END, ProfileControls::procMount),
            new Versioned(Scope.BOTH, 0, 19, ProfileControls::seccompAnnotations),
            new Versioned(Scope.BASELINE, 19, END, ProfileControls.seccomp(false)),
            new Versioned(Scope.RESTRICTED, 19, 25, ProfileControls.seccomp(true)),
            new Versioned(Scope.RESTRICTED, 25, END, exceptWindows(ProfileControls.seccomp(true))),
            new Versioned(Scope.BOTH, 0, 27, ProfileControls.sysctls(SYSCTLS)),
            new Versioned(Scope.BOTH, 27, 29, ProfileControls.sysctls(SYSCTLS_27)),
            new Versioned(Scope.BOTH, 29, 32, ProfileControls.sysctls(SYSCTLS_29)),
            new Versioned(Scope.BOTH, 32, END, ProfileControls.sysctls(SYSCTLS_32)),
            new Versioned(Scope.RESTRICTED, 8, 25, PrivilegeControls::privilegeEscalation),
            new Versioned(Scope.RESTRICTED, 25, END, exceptWindows(PrivilegeControls::privilegeEscalation)),
            new Versioned(Scope.RESTRICTED, 0, 35, PrivilegeControls::nonRoot),
            new Versioned(Scope.RESTRICTED, 35, END, exceptOwnUsers(PrivilegeControls::nonRoot)),
            new Versioned(Scope.RESTRICTED, 23, 35, PrivilegeControls::rootUser),
            new Versioned(Scope.RESTRICTED, 35, END, exceptOwnUsers(PrivilegeControls::rootUser)));

    private PodControls() {}

    /// All that a level forbids, control by control, each in the order of the object.
    ///
    /// @param minor of the version; one after the newest known has what the newest known has
    static List<Violation> violations(Level level, int minor, Workload workload) {
        List<Violation> found = new ArrayList<>();
        PodView.of(workload)
                .ifPresent(pod -> CONTROLS.stream()
                        .filter(control -> control.inForce(level, Math.min(minor, END - 1)))
                        .forEach(control -> control.control().look(pod, found::add)));
        return found;
    }

    private static Versioned always(Scope scope, Control control) {
        return new Versioned(scope, 0, END, control);
    }

    /// Not asked of Pods that say they are for Windows, where the fields may not be set.
    private static Control exceptWindows(Control control) {
        return (pod, found) -> {
            if (!pod.windows()) {
                control.look(pod, found);
            }
        };
    }

    /// Not asked of Pods in a user namespace of their own: KEP-127.
    private static Control exceptOwnUsers(Control control) {
        return (pod, found) -> {
            if (!pod.ownUsers()) {
                control.look(pod, found);
            }
        };
    }

    private static Set<String> and(Set<String> before, String... more) {
        Set<String> all = new HashSet<>(before);
        all.addAll(List.of(more));
        return Set.copyOf(all);
    }
}
