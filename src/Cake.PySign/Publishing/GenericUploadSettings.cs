namespace Cake.PySign.Publishing;

/// <summary>Where <c>GenericUpload</c> puts files.</summary>
public sealed class GenericUploadSettings : GenericRegistrySettings;
