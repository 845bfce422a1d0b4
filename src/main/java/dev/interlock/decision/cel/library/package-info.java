/// The functions of CEL that Kubernetes adds to the language, with the results of its API server (v1.36).
@NullMarked
package dev.interlock.decision.cel.library;

import org.jspecify.annotations.NullMarked;
