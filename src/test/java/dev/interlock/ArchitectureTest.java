package dev.interlock;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.interlock.admission.Observer;
import dev.interlock.decision.Evaluator;
import dev.interlock.workload.Mask;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which package may know which, and what no class of the product does. A rule that nothing can break is
/// worth nothing: each is also held against a class that is compiled to break it.
class ArchitectureTest {
    private static final JavaClasses PRODUCT = new ClassFileImporter().importPath(Path.of("target/classes"));

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final StandardJavaFileManager FILES = COMPILER.getStandardFileManager(null, null, null);

    /// A new package is named here, and in the rules that it falls under.
    private static final Set<String> PACKAGES = Set.of(
            "dev.interlock",
            "dev.interlock.admission",
            "dev.interlock.api.v1alpha1",
            "dev.interlock.cli",
            "dev.interlock.decision",
            "dev.interlock.decision.cel",
            "dev.interlock.decision.cel.library",
            "dev.interlock.decision.check",
            "dev.interlock.drift",
            "dev.interlock.feedback",
            "dev.interlock.kubernetes",
            "dev.interlock.ledger",
            "dev.interlock.metrics",
            "dev.interlock.operator",
            "dev.interlock.workload");

    private static final String ROOT = "dev.interlock";
    private static final String CEL = "dev.interlock.decision.cel..";
    private static final String[] CORE = {
        "dev.interlock.workload..", "dev.interlock.decision..", "dev.interlock.drift..", "dev.interlock.feedback.."
    };

    /// @param plants each of them breaks it
    record Rule(String name, ArchRule rule, List<Plant> plants) {
        private Rule(String name, ArchRule rule, Plant... plants) {
            this(name, rule, List.of(plants));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /// Classes `Planted` with these members, by their package.
    record Plant(Map<String, String> members) {
        private Plant(String inPackage, String members) {
            this(Map.of(inPackage, members));
        }

        private void write(Path directory) throws IOException {
            for (var planted : members.entrySet()) {
                Path folder = Files.createDirectories(
                        directory.resolve(planted.getKey().replace('.', '/')));
                Files.writeString(
                        folder.resolve("Planted.java"),
                        "package %s; public final class Planted { %s }"
                                .formatted(planted.getKey(), planted.getValue()));
            }
        }
    }

    static Stream<Rule> rules() {
        return Stream.of(
                new Rule(
                        "the core depends on Java, JSpecify and itself only",
                        classes()
                                .that()
                                .resideInAnyPackage(CORE)
                                .and()
                                .resideOutsideOfPackage(CEL)
                                .should()
                                .onlyDependOnClassesThat()
                                .resideInAnyPackage("java..", "org.jspecify..", CORE[0], CORE[1], CORE[2], CORE[3])
                                .because("one evaluator serves every caller, and none of them brings its world along"),
                        new Plant("dev.interlock.decision", "io.fabric8.kubernetes.api.model.Pod pod;"),
                        new Plant("dev.interlock.drift", "dev.interlock.ledger.LedgerReader reader;"),
                        new Plant("dev.interlock.feedback", "dev.interlock.kubernetes.PolicyView view;"),
                        new Plant("dev.interlock.decision.check", "dev.cel.bundle.Cel cel;")),
                new Rule(
                        "expressions depend on the CEL library beside the core, and on nothing else",
                        classes()
                                .that()
                                .resideInAPackage(CEL)
                                .should()
                                .onlyDependOnClassesThat()
                                .resideInAnyPackage(
                                        "java..",
                                        "org.jspecify..",
                                        "dev.cel..",
                                        "com.google.common..",
                                        "com.google.errorprone.annotations..",
                                        "com.google.re2j..",
                                        CORE[0],
                                        CORE[1])
                                .because("expressions are part of the one evaluator"),
                        new Plant("dev.interlock.decision.cel", "io.fabric8.kubernetes.api.model.Pod pod;"),
                        new Plant("dev.interlock.decision.cel", "com.fasterxml.jackson.databind.JsonNode node;")),
                new Rule(
                        "the core depends on no javax or jakarta type either",
                        noClasses()
                                .that()
                                .resideInAnyPackage(CORE)
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("javax..", "jakarta.."),
                        new Plant("dev.interlock.decision.check", "javax.crypto.Cipher cipher;"),
                        new Plant("dev.interlock.feedback", "javax.crypto.Cipher cipher;")),
                new Rule(
                        "the core touches no disk, network or log and holds no clock or chance",
                        noClasses()
                                .that()
                                .resideInAnyPackage(CORE)
                                .should()
                                .dependOnClassesThat(resideInAPackage("java.io..")
                                        .or(resideInAPackage("java.net.."))
                                        .or(resideInAPackage("java.nio.file.."))
                                        .or(resideInAPackage("java.nio.channels.."))
                                        .or(resideInAPackage("java.sql.."))
                                        .or(resideInAPackage("java.util.logging.."))
                                        .or(belongToAnyOf(
                                                System.Logger.class, InstantSource.class, Clock.class, Random.class))),
                        new Plant("dev.interlock.workload", "java.time.InstantSource clock;"),
                        new Plant("dev.interlock.drift", "java.nio.file.Path path;"),
                        new Plant("dev.interlock.feedback", "java.time.InstantSource clock;")),
                new Rule(
                        "the core reads no clock and draws no random number",
                        noClasses()
                                .that()
                                .resideInAnyPackage(CORE)
                                .should()
                                .accessTargetWhere(READS_CLOCK_OR_CHANCE)
                                .because("the same request and evidence give the same bytes, on any replica"),
                        new Plant("dev.interlock.decision", "Object at = java.time.Instant.now();"),
                        new Plant("dev.interlock.decision.check", "long at = System.currentTimeMillis();"),
                        new Plant("dev.interlock.feedback", "Object at = java.time.Instant.now();"),
                        new Plant("dev.interlock.drift", "long at = System.nanoTime();"),
                        new Plant(
                                "dev.interlock.workload",
                                "java.util.function.Supplier<?> id = java.util.UUID::randomUUID;")),
                new Rule(
                        "workload knows nothing else of Interlock",
                        noClasses()
                                .that()
                                .resideInAPackage("dev.interlock.workload..")
                                .should()
                                .dependOnClassesThat(resideInAPackage("dev.interlock..")
                                        .and(not(resideInAPackage("dev.interlock.workload..")))),
                        new Plant("dev.interlock.workload", "dev.interlock.decision.Mode mode;")),
                new Rule(
                        "decision sees neither drift nor feedback",
                        noClasses()
                                .that()
                                .resideInAPackage("dev.interlock.decision..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("dev.interlock.drift..", "dev.interlock.feedback..")
                                .because("the loop closes through the API server only: no package calls back"),
                        new Plant("dev.interlock.decision", "dev.interlock.drift.Intent intent;"),
                        new Plant("dev.interlock.decision.check", "dev.interlock.feedback.Rule rule;")),
                new Rule(
                        "drift does not see feedback",
                        noClasses()
                                .that()
                                .resideInAPackage("dev.interlock.drift..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("dev.interlock.feedback.."),
                        new Plant("dev.interlock.drift", "dev.interlock.feedback.Rule rule;")),
                new Rule(
                        "the ledger sees no feedback",
                        noClasses()
                                .that()
                                .resideInAPackage("dev.interlock.ledger..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("dev.interlock.feedback..")
                                .because("it keeps what came of it, in its own wire form, and implements"
                                        + " drift.IntentStore"),
                        new Plant("dev.interlock.ledger", "dev.interlock.feedback.Rule rule;")),
                new Rule(
                        "decision knows no check by name",
                        noClasses()
                                .that()
                                .resideInAPackage("dev.interlock.decision")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("dev.interlock.decision.check..")
                                .because("a new kind of check is one class and one line of wiring"),
                        new Plant("dev.interlock.decision", "dev.interlock.decision.check.ImagesAllowed check;")),
                new Rule(
                        "api is a wire contract, without behaviour of its own",
                        classes()
                                .that()
                                .resideInAPackage("dev.interlock.api..")
                                .should()
                                .onlyDependOnClassesThat()
                                .resideInAnyPackage(
                                        "java..",
                                        "org.jspecify..",
                                        "com.fasterxml.jackson.annotation..",
                                        "io.fabric8.kubernetes.api.model..",
                                        "io.fabric8.kubernetes.model.annotation..",
                                        "io.fabric8.kubernetes.client",
                                        "io.fabric8.generator.annotation..",
                                        "io.fabric8.crd.generator.annotation..",
                                        "dev.interlock.workload..",
                                        "dev.interlock.api.."),
                        new Plant("dev.interlock.api.v1alpha1", "dev.interlock.decision.Mode mode;")),
                new Rule(
                        "api is known to kubernetes, operator and the composition root only",
                        noClasses()
                                .that()
                                .resideOutsideOfPackages(
                                        ROOT,
                                        "dev.interlock.api..",
                                        "dev.interlock.kubernetes..",
                                        "dev.interlock.operator..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("dev.interlock.api.."),
                        new Plant("dev.interlock.ledger", "dev.interlock.api.v1alpha1.ModeName mode;")),
                new Rule(
                        "admission is a leaf, but for its Observer, which metrics implements",
                        noClasses()
                                .that()
                                .resideOutsideOfPackages(ROOT, "dev.interlock.admission..", "dev.interlock.metrics..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("dev.interlock.admission.."),
                        new Plant("dev.interlock.ledger", "dev.interlock.admission.Observer observer;")),
                new Rule(
                        "metrics knows nothing of admission but its Observer",
                        noClasses()
                                .that()
                                .resideInAPackage("dev.interlock.metrics..")
                                .should()
                                .dependOnClassesThat(resideInAPackage("dev.interlock.admission..")
                                        .and(not(belongToAnyOf(Observer.class))))
                                .because("the port is declared in the package that needs it: metrics implement"
                                        + " admission.Observer and import nothing else of the endpoint"),
                        new Plant("dev.interlock.metrics", "dev.interlock.admission.AdmissionPipeline pipeline;")),
                leaf(
                        "dev.interlock.operator",
                        new Plant("dev.interlock.kubernetes", "dev.interlock.operator.DriftControl control;")),
                leaf("dev.interlock.cli", new Plant("dev.interlock.operator", "dev.interlock.cli.Cli cli;")),
                new Rule(
                        "the command line's library is known to cli and the composition root only",
                        noClasses()
                                .that()
                                .resideOutsideOfPackages(ROOT, "dev.interlock.cli..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("picocli.."),
                        new Plant("dev.interlock.operator", "picocli.CommandLine line;")),
                leaf(
                        "dev.interlock.metrics",
                        new Plant("dev.interlock.admission", "dev.interlock.metrics.AdmissionMetrics metrics;")),
                new Rule(
                        "the ledger knows no Kubernetes client",
                        noClasses()
                                .that()
                                .resideInAPackage("dev.interlock.ledger..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..", "io.kubernetes.."),
                        new Plant("dev.interlock.ledger", "io.fabric8.kubernetes.api.model.Secret secret;")),
                new Rule(
                        "the Kubernetes client is used by kubernetes, operator, api and the composition root only",
                        noClasses()
                                .that()
                                .resideOutsideOfPackages(
                                        ROOT,
                                        "dev.interlock.api..",
                                        "dev.interlock.kubernetes..",
                                        "dev.interlock.operator..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("io.fabric8.kubernetes.client.."),
                        new Plant("dev.interlock.admission", "io.fabric8.kubernetes.client.KubernetesClient client;")),
                new Rule(
                        "a function lives on the type it is about",
                        noClasses()
                                .should()
                                .haveNameMatching(
                                        ".*[.$](Abstract[A-Za-z0-9]*|[A-Za-z0-9]*(Utils?|Helpers?|Manager|Common|Impl))"),
                        new Plant("dev.interlock.workload", "static final class ImageUtils {}"),
                        new Plant("dev.interlock.ledger", "static final class LedgerManager {}"),
                        new Plant("dev.interlock.operator", "static class AbstractReconciler {}")),
                new Rule(
                        "every package is null-marked",
                        classes().should(BE_NULL_MARKED),
                        new Plant("dev.interlock.planted", "")),
                new Rule(
                        "only Main writes to the standard streams",
                        noClasses()
                                .that()
                                .doNotHaveFullyQualifiedName("dev.interlock.Main")
                                .should(ACCESS_STANDARD_STREAMS),
                        new Plant("dev.interlock.operator", "void say() { System.err.println(); }")),
                new Rule(
                        "nothing sleeps",
                        noClasses()
                                .should()
                                .accessTargetWhere(SLEEPS)
                                .because("what waits, waits for something, and stops waiting when the process ends"),
                        new Plant(
                                "dev.interlock.kubernetes",
                                "void wait(int millis) throws InterruptedException { Thread.sleep(millis); }")),
                new Rule(
                        "only the command line evaluates without a clock",
                        noClasses()
                                .that()
                                .resideOutsideOfPackage("dev.interlock.cli..")
                                .should()
                                .callConstructor(Evaluator.class, Mask.class)
                                .because("in a process that stays, an expression that takes long would hold up"
                                        + " everything else"),
                        new Plant(
                                "dev.interlock.operator",
                                "Object evaluator = new dev.interlock.decision.Evaluator("
                                        + "new dev.interlock.workload.Mask(new byte[32]));")),
                new Rule(
                        "packages form no cycle",
                        slices().matching("dev.interlock.(*)..").should().beFreeOfCycles(),
                        new Plant(Map.of(
                                "dev.interlock.ledger", "dev.interlock.metrics.Planted other;",
                                "dev.interlock.metrics", "dev.interlock.ledger.Planted other;"))));
    }

    private static Rule leaf(String leaf, Plant plant) {
        return new Rule(
                leaf + " is a leaf",
                noClasses()
                        .that()
                        .resideOutsideOfPackages(ROOT, leaf + "..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(leaf + "..")
                        .because("only the composition root knows the leaves"),
                plant);
    }

    private static final DescribedPredicate<JavaAccess<?>> READS_CLOCK_OR_CHANCE =
            describe("it reads a clock or draws a random number", access -> {
                String owner = access.getTargetOwner().getName();
                return switch (access.getName()) {
                    case "now" -> owner.startsWith("java.time.");
                    case "currentTimeMillis", "nanoTime" -> owner.equals("java.lang.System");
                    case "randomUUID" -> owner.equals("java.util.UUID");
                    case "random" -> owner.equals("java.lang.Math");
                    default -> owner.endsWith("Random");
                };
            });

    private static final DescribedPredicate<JavaAccess<?>> SLEEPS = describe(
            "it is a sleep",
            access -> access.getName().equals("sleep")
                    && Set.of("java.lang.Thread", "java.util.concurrent.TimeUnit")
                            .contains(access.getTargetOwner().getName()));

    private static final ArchCondition<JavaClass> BE_NULL_MARKED = new ArchCondition<>("be in a null-marked package") {
        @Override
        public void check(JavaClass item, ConditionEvents events) {
            events.add(new SimpleConditionEvent(
                    item,
                    item.getPackage().isAnnotatedWith(NullMarked.class),
                    "%s: package %s has no @NullMarked package-info".formatted(item.getName(), item.getPackageName())));
        }
    };

    /// An importer that cannot read class files imports none, silently, and then every rule holds.
    @Test
    void productIsReadAndEachOfItsPackagesIsKnownToTheRules() {
        assertThat(PRODUCT).hasSizeGreaterThan(60);
        assertThat(PRODUCT.stream()
                        .filter(found -> !found.getSimpleName().equals("package-info"))
                        .map(JavaClass::getPackageName)
                        .collect(Collectors.toSet()))
                .as("a package that comes or goes changes PACKAGES and the rules that name it")
                .isEqualTo(PACKAGES);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void productKeepsTheRule(Rule rule) {
        rule.rule().check(PRODUCT);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void ruleFailsForEachClassThatBreaksIt(Rule rule, @TempDir Path directory) throws IOException {
        assertThat(rule.plants()).isNotEmpty();
        for (Plant plant : rule.plants()) {
            Path garden = Files.createTempDirectory(directory, "garden");
            plant.write(garden);
            assertThat(rule.rule().evaluate(compiled(garden)).hasViolation())
                    .as(plant.toString())
                    .isTrue();
        }
    }

    private static JavaClasses compiled(Path directory) throws IOException {
        StringWriter said = new StringWriter();
        try (var sources = Files.walk(directory)) {
            boolean compiled = COMPILER.getTask(
                            said,
                            FILES,
                            null,
                            List.of("-proc:none", "-classpath", System.getProperty("java.class.path")),
                            null,
                            FILES.getJavaFileObjectsFromPaths(
                                    sources.filter(path -> path.toString().endsWith(".java"))
                                            .toList()))
                    .call();
            assertThat(compiled).as(said.toString()).isTrue();
        }
        return new ClassFileImporter().importPath(directory);
    }
}
