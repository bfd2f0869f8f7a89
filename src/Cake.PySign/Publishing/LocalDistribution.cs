using Cake.Core.IO;
using PySign.Packaging.Names;

namespace Cake.PySign.Publishing;

/// <summary>A distribution on disk that is to be published, with the digest it had when this began.</summary>
internal sealed record LocalDistribution(FilePath Path, string FileName, ProjectName Project, string Sha256);
