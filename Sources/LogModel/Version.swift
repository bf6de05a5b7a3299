/// The version of the daemon, its command line and the protocol's `server` line.
package let version = "0.1.0"
