// Package api is the part of a generated package's API that is the same for all networks. Its sources are copied there.
package api
