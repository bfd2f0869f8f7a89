// Only in the package: there the assemblies lie beside this file, so recipe and addin are always of one version.
#r "../lib/net10.0/PySign.Formats.dll"
#r "../lib/net10.0/PySign.Http.dll"
#r "../lib/net10.0/PySign.Packaging.dll"
#r "../lib/net10.0/PySign.Sigstore.dll"
#r "../lib/net10.0/Cake.PySign.dll"
