namespace Godwit.Server.Mosquitto;

/// <summary>A <c>plugin</c> line with its options.</summary>
/// <param name="Owner">The section whose clients it looks after.</param>
/// <param name="Section">Its options.</param>
internal sealed record MosquittoPlugin(MosquittoSection Owner, MosquittoSection Section);
