package dev.interlock.testing;

import dev.interlock.ledger.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The release of the chart in a cluster, and the namespace `shop` that it governs.
public final class Release {
    private final Helm helm;
    private final Kubectl kubectl;
    private final List<String> options;

    /// @param options of every `helm install` and `helm upgrade`
    public Release(Helm helm, Kubectl kubectl, String... options) {
        this.helm = helm;
        this.kubectl = kubectl;
        this.options = List.of(options);
    }

    /// Runs `helm` with a command that makes the release what `values` say; an upgrade takes no value of the release
    /// before.
    ///
    /// @param more options that count instead of those before
    public Kubectl.Result helm(String command, String values, String... more) {
        List<String> arguments =
                new ArrayList<>(List.of(command, "interlock", Helm.CHART.toString(), "-n", Helm.NAMESPACE, "-f", "-"));
        arguments.addAll(List.of("--wait", "--timeout", "150s"));
        arguments.addAll(options);
        arguments.addAll(List.of(more));
        if (command.equals("upgrade")) {
            arguments.add("--reset-values");
        }
        Progress.say("helm " + command);
        return helm.run(values, arguments);
    }

    public Kubectl.Result install(String values) {
        return helm("install", values, "--create-namespace");
    }

    /// Runs the chart's own tests.
    public void test() {
        helm.run("test", "interlock", "-n", Helm.NAMESPACE).ok();
    }

    public void uninstall() {
        helm.run("uninstall", "interlock", "-n", Helm.NAMESPACE, "--wait").ok();
    }

    /// Takes away what a test has left, whether it installed anything or not.
    public void clear() {
        helm.run("uninstall", "interlock", "-n", Helm.NAMESPACE, "--no-hooks", "--wait");
        kubectl.run("delete", "validatingwebhookconfiguration", "interlock", "--ignore-not-found")
                .ok();
        kubectl.run("delete", "ns", Helm.NAMESPACE, "shop", "--ignore-not-found", "--wait")
                .ok();
    }

    /// A Secret of the release's namespace with a role of a database, as Pods reach it.
    public void secret(String name, Database database) {
        kubectl.run(
                        "create",
                        "secret",
                        "generic",
                        name,
                        "-n",
                        Helm.NAMESPACE,
                        "--from-literal=url=" + database.url(),
                        "--from-literal=user=" + database.user().orElseThrow(),
                        "--from-literal=password=" + database.password().orElseThrow())
                .ok();
    }

    /// A field of an object in the release's namespace, by JSONPath without its braces.
    public String get(String object, String path) {
        return kubectl.run("get", object, "-n", Helm.NAMESPACE, "-o", "jsonpath={%s}".formatted(path))
                .ok()
                .out();
    }

    /// Puts the namespace `shop` under the gate and a policy that is in force on return.
    public void govern() {
        kubectl.apply(Manifests.namespace("shop", "production", "required")).ok();
        kubectl.apply(Manifests.policy("production", "production", "Enforce")).ok();
        kubectl.run("wait", "--for=condition=Ready", "pp/production", "--timeout=60s")
                .ok();
    }

    /// Fails where an image that the policy forbids is let in, or refused for another reason.
    public void denies() {
        String answer = kubectl.apply(Manifests.idle("shop", "bad", Manifests.BAD_IMAGE))
                .refused()
                .err();
        if (!answer.contains("denied by policy production")) {
            throw new AssertionError("should have been denied by policy production: " + answer);
        }
    }

    /// Two that go on creating Deployments which the policy lets in, until it is closed; fails where one is refused.
    public Load promotions() {
        return new Load(
                2,
                Duration.ofMillis(100),
                i -> kubectl.apply(Manifests.idle("shop", "load-" + i, Manifests.GOOD_IMAGE))
                        .ok());
    }

    /// The names of the records of `shop`.
    public List<String> records() {
        return kubectl.run("get", "decrec", "-n", "shop", "-o", "name")
                .ok()
                .out()
                .lines()
                .toList();
    }
}
