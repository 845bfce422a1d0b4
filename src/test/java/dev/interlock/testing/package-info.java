/// The real thing to test against: a Kubernetes control plane and its `kubectl`, run by the script that the demo uses
/// too.
@NullMarked
package dev.interlock.testing;

import org.jspecify.annotations.NullMarked;
