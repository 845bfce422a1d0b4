# Finds the tools, says in one sentence what is missing, and calls Maven or a script: logic lives there. `make help` lists what there is.

# The first JDK of 25 or newer: JAVA_HOME, the javac on the PATH, or where systems and SDKMAN put them.
export JAVA_HOME := $(shell for home in "$$JAVA_HOME" "$$(readlink -f "$$(command -v javac)" 2>/dev/null | sed 's:/bin/javac$$::')" \
	    /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home "$$HOME"/.sdkman/candidates/java/*; do \
	  [ -x "$$home/bin/javac" ] || continue; \
	  version=$$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$$home/release" 2>/dev/null); \
	  [ "$${version:-0}" -ge 25 ] && echo "$$home" && break; done)

app := target/quarkus-app/quarkus-run.jar
launcher := target/quarkus-app/interlock
archive := target/quarkus-app/interlock.jsa
controlplane := src/test/controlplane/controlplane

# Stops the demo after its last step instead of waiting for Ctrl-C: make demo EXIT=1
EXIT ?=
# The benchmarks to run, as a regular expression, and JMH's own options: make bench BENCH='Evaluate -f 1'
BENCH ?=

.PHONY: help build demo verify verify-node verify-k3s torture test format dashboards generate bench control-plane clean jdk maven
# In the order written: tools are checked before anything takes minutes.
.NOTPARALLEL:

help: ## list what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

build: $(app) $(archive) ## build the application, where its sources have changed

demo: jdk maven control-plane $(app) ## show a denial, drift, and what it changes on a real API server (EXIT=1: end after it)
	@EXIT='$(EXIT)' src/test/controlplane/demo

verify: jdk maven control-plane ## run all checks and tests, as CI does
	mvn -B verify

torture: jdk maven control-plane ## run the long forms of those tests that have one
	mvn -B verify -Dinterlock.torture=true -Dinterlock.forks=1 -Dit.test=ProcessesIT,ReplicasIT,ColdStartIT,CertificatesIT,ExpiredWatchIT,ReadinessIT,EvidenceIT,KindsIT,GapIT,AlertsIT -Dtest=PostgresqlTest,CrashTest,TornFileTest -Dsurefire.failIfNoSpecifiedTests=false

verify-node: jdk maven control-plane ## install the chart and the image on a real node with a real kubelet (root, Debian packages; skipped elsewhere)
	@src/test/node/node check && command -v mmdebstrap >/dev/null || { echo "SKIPPED: no real node here: it needs root and Debian's packages containerd, runc, containernetworking-plugins, iptables and mmdebstrap" >&2; exit 0; }; \
	mvn -B verify -Dinterlock.node=true -Dit.test=NodeIT -Dtest=NoUnitTests -Dsurefire.failIfNoSpecifiedTests=false

verify-k3s: jdk maven control-plane ## run the integration tests on a K3s in a container (skipped where no container engine is)
	@docker info >/dev/null 2>&1 || { echo "SKIPPED: no K3s here: it needs a container engine, and docker info finds none" >&2; exit 0; }; \
	mvn -B verify -Dinterlock.cluster=k3s -Dinterlock.forks=1 -Dtest=NoUnitTests -Dsurefire.failIfNoSpecifiedTests=false

test: jdk maven ## run the unit tests only
	mvn -B test

format: jdk maven ## format the sources
	mvn -B spotless:apply

dashboards: jdk maven control-plane ## draw the dashboards for docs/ anew (Node.js, Chromium, Prometheus)
	mvn -B verify -Dinterlock.pictures=true -Dit.test=AlertsIT -Dtest=NoUnitTests -Dsurefire.failIfNoSpecifiedTests=false

generate: format ## write the generated files (crds/ and other golden files) anew from the code
	mvn -B test -Dinterlock.golden=update -Dsurefire.runOrder=alphabetical -Dtest='*GoldenTest' -Dsurefire.failIfNoSpecifiedTests=false

bench: jdk maven $(app) $(archive) ## run the benchmarks (BENCH: which, and options of JMH)
	mvn -B -q test-compile org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile=target/test-classpath
	"$(JAVA_HOME)/bin/java" --enable-native-access=ALL-UNNAMED \
	  -cp "target/test-classes:target/classes:$$(cat target/test-classpath)" org.openjdk.jmh.Main $(BENCH)

control-plane: ## build the Kubernetes that tests and the demo run against (once, minutes)
	@$(controlplane) build >/dev/null

clean: ## delete what was built here; the control plane's binaries stay in their cache
	rm -rf target

# Directories too, so that a deleted source counts as a change.
$(app): pom.xml $(wildcard .mvn/*) $(shell find src/main) | jdk maven
	mvn -B package -DskipTests
	@touch $@

$(archive): $(app)
	@INTERLOCK_ARCHIVE=write $(launcher) check -f deploy/samples/checkout-good.yaml --policy deploy/samples --stage production >/dev/null

jdk:
	@test -n "$(JAVA_HOME)" || { echo "no JDK 25 or newer found: install one or set JAVA_HOME to it" >&2; exit 1; }

maven: jdk
	@command -v mvn >/dev/null || { echo "Maven 3.8.7 or newer is needed and no mvn is on the PATH: install it" >&2; exit 1; }
	@version=$$(mvn -B -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p'); \
	echo "$$version" | awk -F . '{ exit $$1 * 1000000 + $$2 * 1000 + $$3 < 3008007 }' || \
	  { echo "Maven 3.8.7 or newer is needed and $$(command -v mvn) is $${version:-of unknown version}: install a newer one" >&2; exit 1; }
