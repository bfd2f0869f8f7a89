namespace Cake.PySign.Test;

/// <summary>The wheel is not for this interpreter, says pip.</summary>
internal sealed class WheelRefused(string reason) : Exception(reason);
