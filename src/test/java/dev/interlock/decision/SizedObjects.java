package dev.interlock.decision;

import static dev.interlock.decision.Fixture.obj;

import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.OtherKind;
import dev.interlock.workload.Workload;
import dev.interlock.workload.WorkloadKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Objects of the sizes for which decisions are measured: a Pod and a Deployment that keep to what is asked, and a
/// custom resource that has nothing which is asked about.
public final class SizedObjects {
    private SizedObjects() {}

    /// A Pod of 5 KB.
    public static Workload pod() {
        return Workload.of(
                WorkloadKind.POD,
                obj(
                        "metadata", obj("name", "checkout", "namespace", "shop"),
                        "spec", obj("containers", List.of(container(0), container(1)))));
    }

    /// A Deployment of 20 containers, 40 KB.
    public static Workload deployment() {
        List<Object> containers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            containers.add(container(i));
        }
        return Fixture.deployment(obj("containers", containers));
    }

    /// A custom resource of 900 KB, of the resource `routers.v1.example.com`.
    public static Workload custom() {
        List<String> routes = IntStream.range(0, 18_000)
                .mapToObj("--route=service-%05d.shop.svc.example.com:8443"::formatted)
                .toList();
        return Workload.of(
                new OtherKind(GroupVersionResource.of("example.com/v1", "routers"), "Router"),
                obj(
                        "metadata", obj("name", "checkout", "namespace", "shop"),
                        "spec", obj("routes", routes)));
    }

    private static Object container(int number) {
        List<Object> env = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            env.add(obj("name", "VARIABLE_%02d".formatted(i), "value", "a value of some length, %04d".formatted(i)));
        }
        return obj(
                "name",
                "c" + number,
                "image",
                "registry.example.com/shop/checkout@sha256:" + "a".repeat(64),
                "env",
                env,
                "securityContext",
                obj("runAsNonRoot", true, "allowPrivilegeEscalation", false));
    }
}
