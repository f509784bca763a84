namespace Godwit.Compare.Tls;

/// <summary>One row: medians of all rounds.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Godwit">Of Godwit.</param>
/// <param name="Mosquitto">Of Debian's mosquitto, in the same run.</param>
internal sealed record TlsFigure(string Name, double Godwit, double Mosquitto);
